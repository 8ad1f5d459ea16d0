import type { TrailFolder } from '../../shared/aws/chains-table';
import type { TrailKey } from '../../shared/contracts/aws/trail-object-key';

export const folderOf = (bucket: string, { prefix, organizationId }: TrailKey): TrailFolder => ({
  bucket,
  prefix,
  ...(organizationId === undefined ? {} : { organizationId }),
});
