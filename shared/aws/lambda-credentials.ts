import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's chain of credential providers when a function is bundled: Lambda puts a role's credentials
 * into the environment, so that SSO, profiles, metadata services and the clients they need are dead weight there.
 */
export const defaultProvider = fromEnv;
