import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** The answer of a conditional write; undefined when its condition didn't hold. */
export async function unlessRefused<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
