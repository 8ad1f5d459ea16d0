import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { JsonObject } from '../json';
import { type Operation, operation } from '../service';

/** A recorder to put in, as DescribeConfigurationRecorders and its Status show it. */
export interface RecorderSeed {
  name?: string;
  roleARN?: string;
  recording?: boolean;
  /** Of one that is recording. */
  lastStatus?: 'PENDING' | 'SUCCESS' | 'FAILURE';
  /** All supported types, and the global ones, unless given. */
  recordingGroup?: JsonObject;
}

interface Recorder {
  name: string;
  roleARN: string;
  region: string;
  arn: string;
  recording: boolean;
  changedAt: number;
  lastStatus: string;
  recordingGroup: JsonObject;
}

const EVERYTHING: JsonObject = {
  allSupported: true,
  includeGlobalResourceTypes: true,
  resourceTypes: [],
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
};

/** The configuration recorders of one account: one in each Region. What they record is told whether they run or not. */
export class Recorders {
  readonly #recorders: Recorder[] = [];
  readonly #place: { accountId: string; region: string };
  readonly #clock: Clock;

  constructor(place: { accountId: string; region: string }, clock: Clock) {
    this.#place = place;
    this.#clock = clock;
  }

  /** Makes or replaces the recorder of a Region. */
  putRecorder(
    {
      name = 'default',
      roleARN,
      recording = true,
      lastStatus = 'SUCCESS',
      recordingGroup = EVERYTHING,
    }: RecorderSeed,
    region = this.#place.region,
  ): void {
    const { accountId } = this.#place;
    const service = 'aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';
    const recorder = {
      name,
      roleARN: roleARN ?? `arn:aws:iam::${accountId}:role/${service}`,
      region,
      arn: `arn:aws:config:${region}:${accountId}:configuration-recorder/${name}/0a1b2c3d`,
      recording,
      changedAt: this.#clock.now(),
      lastStatus,
      recordingGroup,
    };
    const at = this.#recorders.findIndex((one) => one.region === region);
    if (at >= 0) this.#recorders[at] = recorder;
    else this.#recorders.push(recorder);
  }

  /** As if DeleteConfigurationRecorder had been called. */
  deleteRecorder(region = this.#place.region): void {
    const at = this.#recorders.findIndex((one) => one.region === region);
    if (at >= 0) this.#recorders.splice(at, 1);
  }

  in(region: string, names: readonly string[] = []): Recorder[] {
    const found = this.#recorders.filter((one) => one.region === region);
    const absent = names.find((name) => !found.some((one) => one.name === name));
    if (absent !== undefined) throw noSuch(absent);
    return names.length === 0 ? found : found.filter(({ name }) => names.includes(name));
  }

  set(recorder: Recorder, recording: boolean): void {
    if (recorder.recording !== recording) recorder.changedAt = this.#clock.now();
    recorder.recording = recording;
  }
}

const noSuch = (name: string) =>
  new AwsError(
    'NoSuchConfigurationRecorderException',
    `Cannot find configuration recorder with the specified name '${name}'.`,
  );

interface ListInput {
  ConfigurationRecorderNames?: string[];
}

interface NameInput {
  ConfigurationRecorderName: string;
}

/** What of the AWS Config API is about recorders. */
export function recorderOperations(recorders: Recorders, accountId: string): Record<string, Operation> {
  const listing = (action: string, show: (all: Recorder[]) => unknown) =>
    operation<ListInput>({
      needs: (_, region) => [
        {
          action: `config:${action}`,
          resource: `arn:aws:config:${region}:${accountId}:configuration-recorder/*`,
          keys: { 'aws:RequestedRegion': region },
        },
      ],
      run: ({ ConfigurationRecorderNames }, _, region) =>
        show(recorders.in(region, ConfigurationRecorderNames)),
    });
  const turning = (action: string, recording: boolean) =>
    operation<NameInput>({
      needs: ({ ConfigurationRecorderName: name }, region) =>
        recorders.in(region, [name]).map(({ arn }) => ({
          action: `config:${action}`,
          resource: arn,
          keys: { 'aws:RequestedRegion': region },
        })),
      run: ({ ConfigurationRecorderName: name }, _, region) => {
        for (const recorder of recorders.in(region, [name])) recorders.set(recorder, recording);
      },
      activity: ({ ConfigurationRecorderName }) => ({
        requestParameters: { configurationRecorderName: ConfigurationRecorderName },
        responseElements: null,
      }),
    });
  return {
    DescribeConfigurationRecorders: listing('DescribeConfigurationRecorders', (all) => ({
      ConfigurationRecorders: all.map(({ arn, name, roleARN, recordingGroup }) => ({
        arn,
        name,
        roleARN,
        recordingGroup,
        recordingMode: { recordingFrequency: 'CONTINUOUS' },
        recordingScope: 'PAID',
      })),
    })),
    DescribeConfigurationRecorderStatus: listing('DescribeConfigurationRecorderStatus', (all) => ({
      ConfigurationRecordersStatus: all.map(({ arn, name, recording, lastStatus, changedAt }) => ({
        arn,
        name,
        recording,
        lastStatus: recording ? lastStatus : 'PENDING',
        [recording ? 'lastStartTime' : 'lastStopTime']: changedAt / 1000,
        lastStatusChangeTime: changedAt / 1000,
      })),
    })),
    StartConfigurationRecorder: turning('StartConfigurationRecorder', true),
    StopConfigurationRecorder: turning('StopConfigurationRecorder', false),
  };
}
