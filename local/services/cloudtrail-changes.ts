import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { JsonObject } from '../json';
import { type Operation, operation } from '../service';
import type { Trail, Trails } from './cloudtrail-trails';

interface NameInput {
  Name: string;
}

interface UpdateInput extends NameInput {
  S3BucketName?: string;
  S3KeyPrefix?: string;
  KmsKeyId?: string;
  IncludeGlobalServiceEvents?: boolean;
  IsMultiRegionTrail?: boolean;
  EnableLogFileValidation?: boolean;
}

/** What changes a trail, and its tags. Where there is no such trail, `find` throws what AWS answers. */
export function trailChanges(
  trails: Trails,
  find: (nameOrArn: string, region: string) => Trail,
  clock: Clock,
): Record<string, Operation> {
  const now = () => new Date(clock.now()).toISOString();
  const changing = <Input extends NameInput>(
    action: string,
    run: (trail: Trail, input: Input) => JsonObject | undefined,
  ): Operation =>
    operation<Input>({
      needs: ({ Name }, region) => [
        {
          action: `cloudtrail:${action}`,
          resource: find(Name, region).arn,
          keys: { 'aws:RequestedRegion': region },
        },
      ],
      run: (input, _, region) => {
        const trail = find(input.Name, region);
        if (trail.homeRegion !== region) {
          const elsewhere = `The home Region of trail ${trail.name} is ${trail.homeRegion}.`;
          throw new AwsError('InvalidHomeRegionException', elsewhere);
        }
        return run(trail, input);
      },
      activity: (input, output) => ({
        requestParameters: lowerFirst(input),
        responseElements: output === undefined ? null : lowerFirst(output as object),
      }),
    });
  return {
    StartLogging: changing('StartLogging', (trail) => {
      trail.status = { ...trail.status, IsLogging: true, StartLoggingTime: now() };
      return undefined;
    }),
    StopLogging: changing('StopLogging', (trail) => {
      trail.status = { ...trail.status, IsLogging: false, StopLoggingTime: now() };
      return undefined;
    }),
    UpdateTrail: changing<UpdateInput>('UpdateTrail', (trail, input) => {
      const { Name: _, EnableLogFileValidation, ...changes } = input;
      const validated =
        EnableLogFileValidation === undefined ? {} : { LogFileValidationEnabled: EnableLogFileValidation };
      const { HomeRegion, HasCustomEventSelectors, HasInsightSelectors, ...updated } = trails.update(trail, {
        ...changes,
        ...validated,
      }).description;
      return updated;
    }),
    ListTags: operation<{ ResourceIdList: string[] }>({
      needs: ({ ResourceIdList }, region) =>
        ResourceIdList.map((arn) => ({
          action: 'cloudtrail:ListTags',
          resource: find(arn, region).arn,
          keys: { 'aws:RequestedRegion': region },
        })),
      run: ({ ResourceIdList }, _, region) => ({
        ResourceTagList: ResourceIdList.map((arn) => ({
          ResourceId: arn,
          TagsList: Object.entries(find(arn, region).tags).map(([Key, Value]) => ({ Key, Value })),
        })),
      }),
    }),
  };
}

const lowerFirst = (value: object): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      inner,
    ]),
  );
