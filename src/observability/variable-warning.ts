/** A warning about a setting, for Nest's logger. The line contains the name of the variable. */
export class VariableWarning {
  constructor(
    readonly variable: string,
    readonly text: string,
  ) {}
}
