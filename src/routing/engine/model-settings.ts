import { type RoutedModel } from './routed-model';

/** What models often have in common, so that they can share it: in a large registry it would be half their weight. */
export type ModelSettings = Pick<
  RoutedModel,
  'tags' | 'advancedJson' | 'learnedProtocol' | 'multiplier' | 'rates'
>;
