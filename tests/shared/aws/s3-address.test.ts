import {
  addressOf,
  encodeKey,
  isBucketName,
  isObjectKey,
  isRegionName,
} from '../../../shared/aws/s3-address';

const aws = { endpoint: undefined, fips: false, dualstack: false };
const BUCKET_HOST = 'logs.s3.eu-central-1.amazonaws.com';

test.each([
  ['logs', 'eu-central-1', aws, BUCKET_HOST, '/'],
  ['logs', 'cn-north-1', aws, 'logs.s3.cn-north-1.amazonaws.com.cn', '/'],
  ['logs', 'eusc-de-east-1', aws, 'logs.s3.eusc-de-east-1.amazonaws.eu', '/'],
  ['logs', 'us-gov-west-1', { ...aws, fips: true }, 'logs.s3-fips.us-gov-west-1.amazonaws.com', '/'],
  ['logs', 'eu-west-1', { ...aws, dualstack: true }, 'logs.s3.dualstack.eu-west-1.amazonaws.com', '/'],
  ['my.logs', 'eu-west-1', aws, 's3.eu-west-1.amazonaws.com', '/my.logs/'],
  ['Old_Logs', 'us-east-1', aws, 's3.us-east-1.amazonaws.com', '/Old_Logs/'],
])('bucket %s in %s', (bucket, region, endpoints, host, base) => {
  expect(addressOf(bucket, region, endpoints)).toEqual({ secure: true, hostname: host, host, base });
});

test.each([
  [
    'http://127.0.0.1:4566',
    { secure: false, hostname: '127.0.0.1', port: 4566, host: '127.0.0.1:4566', base: '/logs/' },
  ],
  ['https://s3.example/', { secure: true, hostname: 's3.example', host: 's3.example', base: '/logs/' }],
  [
    'http://[::1]:9000/s3/',
    { secure: false, hostname: '::1', port: 9000, host: '[::1]:9000', base: '/s3/logs/' },
  ],
])('a bucket at the endpoint %s', (endpoint, expected) => {
  expect(addressOf('logs', 'eu-west-1', { ...aws, endpoint: new URL(endpoint) })).toEqual(expected);
});

test.each([
  ['a b+c%d', 'a%20b%2Bc%25d'],
  ["!'()*~-._/x", '%21%27%28%29%2A~-._/x'],
  ['木/../é', '%E6%9C%A8/../%C3%A9'],
])('encodes the key %s once, with its slashes', (key, encoded) => expect(encodeKey(key)).toBe(encoded));

test.each([
  ['logs', true],
  ['my.logs-2', true],
  ['Old_Logs', true],
  ['x'.repeat(255), true],
  ['x'.repeat(256), false],
  ['ab', false],
  ['', false],
  ['evil.example/x', false],
  ['logs@evil.example', false],
  ['logs:80', false],
  ['../logs', false],
  ['logs\n', false],
  ['-logs', false],
])('%j as the name of a bucket: %s', (name, expected) => expect(isBucketName(name)).toBe(expected));

test.each([
  ['eu-central-1', true],
  ['us-gov-west-1', true],
  ['eusc-de-east-1', true],
  ['ap-southeast-12', true],
  ['evil.example/', false],
  ['eu-central-1.evil.example', false],
  ['', false],
])('%j as the name of a Region: %s', (name, expected) => expect(isRegionName(name)).toBe(expected));

test.each([
  ['a', true],
  ['/', true],
  ['😀', true],
  ['é'.repeat(512), true],
  ['é'.repeat(513), false],
  ['', false],
  ['\ud83d', false],
])('%j as a key: %s', (key, expected) => expect(isObjectKey(key)).toBe(expected));
