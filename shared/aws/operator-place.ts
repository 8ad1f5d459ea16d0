import { SQSClient } from '@aws-sdk/client-sqs';

/** Where an operator's AWS is, where it is not what the standard chain of settings says. */
export interface AwsPlace {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  /** Local AWS knows its callers by their access key id alone. */
  readonly accessKeyId?: string;
}

/** What any client of the SDK is given for a place. */
export const clientSettings = ({ accessKeyId, ...place }: AwsPlace) => ({
  ...place,
  ...(accessKeyId === undefined ? {} : { credentials: { accessKeyId, secretAccessKey: 'local' } }),
});

export const operatorSqs = (place: AwsPlace): SQSClient =>
  new SQSClient({
    ...clientSettings(place),
    // A queue's URL may name a host that only AWS itself can reach.
    useQueueUrlAsEndpoint: false,
  });
