import {
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { callable } from './callable';

export const service = callable((settings) => new IAMClient(settings), {
  GetUser: GetUserCommand,
  ListAccessKeys: ListAccessKeysCommand,
  UpdateAccessKey: UpdateAccessKeyCommand,
});
