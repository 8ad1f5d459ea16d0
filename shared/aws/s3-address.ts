/** Which of S3's endpoints to speak to. */
export interface Endpoints {
  /** In place of AWS: `http://127.0.0.1:4566`. Buckets are part of the path there. */
  readonly endpoint?: URL | undefined;
  readonly fips: boolean;
  readonly dualstack: boolean;
}

/** Where requests for a bucket go. */
export interface Address {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port?: number;
  /** The Host header: with the port, where it isn't the usual one. */
  readonly host: string;
  /** What stands before a key: `/`, or `/bucket/`. */
  readonly base: string;
}

// Buckets of us-east-1 from before 2018 may be longer than 63 characters, with capitals and underscores.
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
/** Names that can be a label of a host under S3's certificate, which covers no dots. */
const LABEL = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
const LONGEST_KEY = 1024;

/** Whether S3 could have a bucket of that name; whatever else must never become part of a host. */
export const isBucketName = (name: string): boolean => BUCKET.test(name);

export const isRegionName = (name: string): boolean => REGION.test(name);

/** Whether S3 could have an object of that key: UTF-8 of 1 to 1024 bytes. */
export const isObjectKey = (key: string): boolean =>
  key !== '' && Buffer.byteLength(key) <= LONGEST_KEY && !/\p{Surrogate}/u.test(key);

/** @param bucket for which `isBucketName` holds */
export function addressOf(bucket: string, region: string, { endpoint, fips, dualstack }: Endpoints): Address {
  if (endpoint !== undefined) {
    const { protocol, hostname, port, host, pathname } = endpoint;
    return {
      secure: protocol === 'https:',
      // node:net takes IPv6 addresses bare.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(port === '' ? {} : { port: Number(port) }),
      host,
      base: `${pathname.replace(/\/$/, '')}/${bucket}/`,
    };
  }
  const service = `s3${fips ? '-fips' : ''}${dualstack ? '.dualstack' : ''}.${region}.${domainOf(region)}`;
  return LABEL.test(bucket)
    ? { secure: true, hostname: `${bucket}.${service}`, host: `${bucket}.${service}`, base: '/' }
    : { secure: true, hostname: service, host: service, base: `/${bucket}/` };
}

const domainOf = (region: string) =>
  region.startsWith('cn-')
    ? 'amazonaws.com.cn'
    : region.startsWith('eusc-')
      ? 'amazonaws.eu'
      : 'amazonaws.com';

/** As signatures have it: every byte but RFC 3986's unreserved ones as %XX. */
export const encodePart = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A key in a path: encoded once, with its slashes, and with no segment taken for a way up. */
export const encodeKey = (key: string): string => encodePart(key).replaceAll('%2F', '/');
