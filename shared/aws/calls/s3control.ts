import { isIP } from 'node:net';
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { callable } from './callable';

export const service = callable(
  (settings) => {
    const client = new S3ControlClient(settings);
    const { endpointProvider } = client.config;
    // The account stands before the name of the host, and an address of a laptop's AWS has no room for it.
    client.config.endpointProvider = (place, context) => {
      const url = typeof place.Endpoint === 'string' ? new URL(place.Endpoint) : undefined;
      return url && isIP(url.hostname)
        ? {
            url,
            headers: {},
            properties: {},
          }
        : endpointProvider(place, context);
    };
    return client;
  },
  {
    DeletePublicAccessBlock: DeletePublicAccessBlockCommand,
    GetPublicAccessBlock: GetPublicAccessBlockCommand,
    PutPublicAccessBlock: PutPublicAccessBlockCommand,
  },
);
