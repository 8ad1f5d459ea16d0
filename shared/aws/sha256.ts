import { createHash, createHmac } from 'node:crypto';

type Data = string | ArrayBuffer | ArrayBufferView;
const bytesOf = (data: Data) =>
  typeof data === 'string'
    ? data
    : ArrayBuffer.isView(data)
      ? (data as NodeJS.ArrayBufferView)
      : Buffer.from(data);

/** node:crypto's SHA-256, and its HMAC where there is a secret, as the signer wants them. */
export class Sha256 {
  private readonly hash;

  constructor(secret?: Data) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret) as string);
  }

  update(data: Data): void {
    this.hash.update(bytesOf(data) as string);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}
