import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { digestColumn, idColumn } from '../database/portable-columns';
import { ProviderModel } from './provider-model.entity';

/** A name of a model: its own or an alias. The primary key makes all of them unique under the provider. */
@Entity('provider_model_names')
@Index('ix_provider_model_names_model', ['modelId'])
export class ProviderModelName {
  @PrimaryColumn({ name: 'provider_id', ...idColumn })
  providerId!: string;

  /** {@link foldedModelKey} of the name. */
  @PrimaryColumn({ name: 'name_key', ...digestColumn })
  nameKey!: string;

  @Column({ name: 'model_id', ...idColumn })
  modelId!: string;

  @ManyToOne(() => ProviderModel, { onDelete: 'CASCADE', onUpdate: 'NO ACTION' })
  @JoinColumn({ name: 'model_id', foreignKeyConstraintName: 'fk_provider_model_names_model' })
  model?: object;
}
