import type { Operation } from '../../service';
import { tagSet } from './describe-instance';
import { describing } from './listing';
import type { Regions } from './operations';
import type { Vpc } from './state';

/** VPCs, which are there as soon as something is put into them. */
export const vpcs = (regions: Regions): Record<string, Operation> => ({
  DescribeVpcs: describing<Vpc>(regions, 'DescribeVpcs', {
    kind: 'vpc',
    ids: 'VpcIds',
    found: 'Vpcs',
    pages: [5, 1000],
    all: (ec2) => ec2.vpcs,
    tags: ({ tags }) => tags,
    fields: {
      'vpc-id': ({ id }) => [id],
      'is-default': ({ isDefault }) => [String(isDefault)],
      state: () => ['available'],
      'owner-id': (_, ec2) => [ec2.accountId],
    },
    describe: ({ id, isDefault, tags }, ec2) => ({
      VpcId: id,
      State: 'available',
      IsDefault: isDefault,
      OwnerId: ec2.accountId,
      InstanceTenancy: 'default',
      Tags: tagSet(tags),
    }),
  }),
});
