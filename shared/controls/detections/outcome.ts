import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';

/** EC2 writes Client.UnauthorizedOperation, JSON services AccessDeniedException, others AccessDenied. */
const DENIED = /UnauthorizedOperation$|^AccessDenied/;

/** Refused for want of permission. A dry run that fails only asked whether it might. */
export const isDenied = (errorCode: unknown): boolean =>
  typeof errorCode === 'string' && DENIED.test(errorCode);

export const hasFailed = ({ errorCode }: CloudTrailRecord): boolean => errorCode !== undefined;

/** Made by a service of AWS on its own: not a person, a program of the account, or a service asked by one of them. */
export const isByService = ({ userIdentity, sourceIPAddress = '' }: CloudTrailRecord): boolean =>
  userIdentity.type === 'AWSService' ||
  sourceIPAddress.endsWith('.amazonaws.com') ||
  sourceIPAddress === 'AWS Internal' ||
  (userIdentity.sessionContext?.sessionIssuer?.arn ?? '').includes(':role/aws-service-role/');

/** ARNs by which the caller may be known: the principal, and the role that its session is of. */
export const callerArns = ({ userIdentity }: CloudTrailRecord): readonly string[] =>
  [userIdentity.arn, userIdentity.sessionContext?.sessionIssuer?.arn].filter((arn) => arn !== undefined);
