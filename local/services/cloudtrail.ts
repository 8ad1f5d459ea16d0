import * as client from '@aws-sdk/client-cloudtrail';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { operation, type Service } from '../service';
import { ActivityHistory, type ActivityRecord, type LookupInput } from './cloudtrail-activity';
import { trailChanges } from './cloudtrail-changes';
import {
  type PublicKeyRecord,
  statusInSeconds,
  type Trail,
  type TrailRecord,
  type TrailSelectors,
  type TrailStatus,
  Trails,
} from './cloudtrail-trails';
import type { Topics } from './sns';

const VALIDATION_MESSAGE = 'CloudTrail validation message.';

/** CloudTrail as far as its files can be verified with it: trails, their state, public keys, notices, event history. */
export class CloudTrail {
  readonly trails: Trails;
  readonly history = new ActivityHistory();
  readonly #topics: Topics;

  constructor(place: { accountId: string; region: string }, topics: Topics) {
    this.trails = new Trails(place);
    this.#topics = topics;
  }

  /** Adds keys with which CloudTrail signs in a region. */
  addPublicKeys(region: string, records: readonly PublicKeyRecord[]): void {
    this.trails.addPublicKeys(region, records);
  }

  /** Makes or replaces a trail. */
  putTrail(record: TrailRecord): void {
    this.trails.putTrail(record);
  }

  /** Changes what GetTrailStatus tells of a trail, by its name or ARN. */
  setStatus(nameOrArn: string, status: TrailStatus): void {
    this.trails.setStatus(nameOrArn, status);
  }

  /** Sets what GetEventSelectors tells of a trail. */
  setSelectors(nameOrArn: string, selectors: TrailSelectors): void {
    this.trails.setSelectors(nameOrArn, selectors);
  }

  setTags(nameOrArn: string, tags: Readonly<Record<string, string>>): void {
    this.trails.setTags(nameOrArn, tags);
  }

  deleteTrail(nameOrArn: string): void {
    this.trails.deleteTrail(nameOrArn);
  }

  /** Lets LookupEvents know of calls. */
  remember(records: readonly ActivityRecord[]): void {
    this.history.add(records);
  }

  /** Announces log files to a trail's topic. Throws when the topic doesn't let CloudTrail in. */
  async publishLogNotice(topicArn: string, bucket: string, keys: readonly string[]): Promise<void> {
    await this.#publish(topicArn, JSON.stringify({ s3Bucket: bucket, s3ObjectKey: keys }));
  }

  /** What CloudTrail sends when a topic is given to a trail. */
  async publishValidationMessage(topicArn: string): Promise<void> {
    await this.#publish(topicArn, VALIDATION_MESSAGE);
  }

  async #publish(topicArn: string, Message: string): Promise<void> {
    const trail = this.trails.all().find((one) => one.topicArn === topicArn);
    const [, , , region = '', account = ''] = topicArn.split(':');
    const sourceArn = trail?.arn ?? `arn:aws:cloudtrail:${region}:${account}:trail/unnamed`;
    await this.#topics.publishFor(
      { kind: 'service', name: 'cloudtrail.amazonaws.com', sourceArn },
      { TopicArn: topicArn, Message },
    );
  }
}

interface NameInput {
  Name: string;
}

/** The CloudTrail API over what was put in. */
export function cloudtrailService({ trails, history }: CloudTrail, clock: Clock): Service {
  const find = (nameOrArn: string, region: string): Trail => {
    const trail = trails.find(nameOrArn, region);
    if (!trail) throw new AwsError('TrailNotFoundException', `Unknown trail: ${nameOrArn}`);
    return trail;
  };
  const anywhere = (action: string, region: string) => [
    { action: `cloudtrail:${action}`, resource: '*', keys: { 'aws:RequestedRegion': region } },
  ];
  const onTrail = (action: string, { Name }: NameInput, region: string) => [
    {
      action: `cloudtrail:${action}`,
      resource: find(Name, region).arn,
      keys: { 'aws:RequestedRegion': region },
    },
  ];
  return {
    name: 'cloudtrail',
    protocol: 'json',
    schemas: client,
    operations: {
      ListPublicKeys: operation<{ StartTime?: number; EndTime?: number; NextToken?: string }>({
        needs: (_, region) => anywhere('ListPublicKeys', region),
        run: ({ StartTime, EndTime, NextToken }, _, region) => {
          if (NextToken !== undefined)
            throw new AwsError('InvalidTokenException', 'Reserved for future use.');
          const now = clock.now() / 1000;
          const [from, to] = [StartTime ?? now, EndTime ?? now];
          if (from > to) {
            throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.');
          }
          return {
            PublicKeyList: trails
              .keys(region)
              .map((key) => ({
                ...key,
                ValidityStartTime: Date.parse(key.ValidityStartTime) / 1000,
                ValidityEndTime: Date.parse(key.ValidityEndTime) / 1000,
              }))
              .filter((key) => key.ValidityStartTime <= to && key.ValidityEndTime >= from),
          };
        },
      }),
      DescribeTrails: operation<{ trailNameList?: string[]; includeShadowTrails?: boolean }>({
        needs: (_, region) => anywhere('DescribeTrails', region),
        run: ({ trailNameList = [], includeShadowTrails = true }, _, region) => ({
          trailList: trails
            .seenIn(region)
            .filter(({ homeRegion }) => includeShadowTrails || homeRegion === region)
            .filter(
              ({ arn, name, homeRegion }) =>
                trailNameList.length === 0 ||
                trailNameList.includes(arn) ||
                (homeRegion === region && trailNameList.includes(name)),
            )
            .map(({ description }) => description),
        }),
      }),
      GetTrail: operation<NameInput>({
        needs: (input, region) => onTrail('GetTrail', input, region),
        run: ({ Name }, _, region) => ({ Trail: find(Name, region).description }),
      }),
      GetTrailStatus: operation<NameInput>({
        needs: (input, region) => onTrail('GetTrailStatus', input, region),
        run: ({ Name }, _, region) => statusInSeconds(find(Name, region).status),
      }),
      GetEventSelectors: operation<{ TrailName: string }>({
        needs: ({ TrailName }, region) => onTrail('GetEventSelectors', { Name: TrailName }, region),
        run: ({ TrailName }, _, region) => {
          const { arn, selectors } = find(TrailName, region);
          return { TrailARN: arn, ...selectors };
        },
      }),
      LookupEvents: operation<LookupInput>({
        needs: (_, region) => anywhere('LookupEvents', region),
        run: (input, _, region) => history.lookUp(input, region, clock.now()),
      }),
      ...trailChanges(trails, find, clock),
      ListTrails: operation<{ NextToken?: string }>({
        needs: (_, region) => anywhere('ListTrails', region),
        run: () => ({
          Trails: trails.all().map(({ arn, name, homeRegion }) => ({
            TrailARN: arn,
            Name: name,
            HomeRegion: homeRegion,
          })),
        }),
      }),
    },
  };
}
