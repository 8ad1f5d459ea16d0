import { apiAddress } from '../../../cli/remediate/approvals-api';

const REGION = 'eu-central-1';
const AWS = {};
const LAPTOP = { laptop: 'laptop at http://127.0.0.1:4566' };

test.each<[string, { laptop?: string }, string, string]>([
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', AWS, REGION, ''],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/', AWS, REGION, ''],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/dev', AWS, REGION, ''],
  ['https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn', AWS, 'cn-north-1', ''],
  ['http://127.0.0.1:4566/_apis/abc', LAPTOP, REGION, ''],
  ['http://localhost:4566', LAPTOP, REGION, ''],
  ['http://[::1]:4566', LAPTOP, REGION, ''],
])('%s may be asked', (api, target, region) => {
  expect(apiAddress(api, target, region)).toEqual({ url: api.replace(/\/$/, ''), region });
});

test.each<[string, { laptop?: string }]>([
  ['https://evil.example', AWS],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com.evil.example', AWS],
  ['https://evil.example/a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', AWS],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com@evil.example', AWS],
  ['https://me:pw@a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', AWS],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com:8443', AWS],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/?to=x', AWS],
  ['https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com', AWS],
  ['http://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', AWS],
  ['https://x.a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', AWS],
  ['http://127.0.0.1:4566', AWS],
  ['http://localhost:4566', AWS],
  ['https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', LAPTOP],
  ['http://192.0.2.1:4566', LAPTOP],
  ['http://localhost.evil.example:4566', LAPTOP],
  ['http://localhost:4566@evil.example', LAPTOP],
  ['not an address', AWS],
])('%s gets no signature of ours (%j)', (api, target) => {
  expect(() => apiAddress(api, target, REGION)).toThrow('and no request is sent there');
});

test.each([undefined, ''])('%j: there is no API', (api) => {
  expect(() => apiAddress(api, AWS, REGION)).toThrow('The run names no address of the API');
});
