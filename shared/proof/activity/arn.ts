/** The parts of an Amazon Resource Name; account and Region are empty for some types. */
export interface ArnParts {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** `instance/i-1`, `function:orders`, `my-bucket` */
  readonly resource: string;
}

const ARN = /^arn:[\w-]+:([\w-]+):([\w-]*):(\d{12}|aws)?:(.+)$/s;

/** Undefined when it is none. */
export function arnParts(text: string): ArnParts | undefined {
  const [, service, region = '', account = '', resource] = ARN.exec(text) ?? [];
  return service === undefined || resource === undefined ? undefined : { service, region, account, resource };
}
