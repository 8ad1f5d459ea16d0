import { SNAPSHOT_PATH } from '../../../contracts/aws/account-snapshot';
import { type ServiceCalls, TAGS } from './resource-calls';

export const cloudtrail: ServiceCalls = {
  eventSource: 'cloudtrail.amazonaws.com',
  types: [
    {
      type: 'AWS::CloudTrail::Trail',
      named: ['name', 'trailName', 'trailARN', 'resourceId'],
      arn: /^trail\/([^/]+)$/,
      onlyListed: true,
      creates: 'CreateTrail',
      deletes: 'DeleteTrail',
      calls: {
        UpdateTrail: {
          parameters: {
            name: [],
            enableLogFileValidation: ['configuration.logFileValidationEnabled'],
            s3BucketName: ['configuration.s3BucketName', 'relationships'],
            snsTopicName: ['configuration.snsTopicName', 'configuration.snsTopicARN', 'relationships'],
            kmsKeyId: ['configuration.kmsKeyId', 'relationships'],
          },
        },
        PutEventSelectors: ['configuration.hasCustomEventSelectors'],
        PutInsightSelectors: ['configuration.hasInsightSelectors'],
        // Whether it logs is no part of AWS Config's item.
        'StartLogging StopLogging': [`${SNAPSHOT_PATH}.isLogging`],
        'AddTags RemoveTags': TAGS,
      },
    },
  ],
};

export const config: ServiceCalls = {
  eventSource: 'config.amazonaws.com',
  types: [
    {
      type: 'AWS::Config::ConfigurationRecorder',
      named: ['configurationRecorderName', 'configurationRecorder.name'],
      onlyListed: true,
      deletes: 'DeleteConfigurationRecorder',
      calls: {
        'PutConfigurationRecorder PutServiceLinkedConfigurationRecorder': 'everything',
        'StartConfigurationRecorder StopConfigurationRecorder': ['configuration.Recording'],
        'AssociateResourceTypes DisassociateResourceTypes': ['configuration.RecordingGroup'],
      },
    },
  ],
};

export const logs: ServiceCalls = {
  eventSource: 'logs.amazonaws.com',
  types: [
    {
      type: 'AWS::Logs::LogGroup',
      named: ['logGroupName', 'logGroupIdentifier', 'resourceArn'],
      arn: /^log-group:([^:]+)(?::\*)?$/,
      onlyListed: true,
      creates: 'CreateLogGroup',
      deletes: 'DeleteLogGroup',
      calls: {
        'PutRetentionPolicy DeleteRetentionPolicy': ['configuration.RetentionInDays'],
        'AssociateKmsKey DisassociateKmsKey': ['configuration.KmsKeyId'],
        'PutDataProtectionPolicy DeleteDataProtectionPolicy': ['configuration.DataProtectionPolicy'],
        'TagLogGroup UntagLogGroup TagResource UntagResource': TAGS,
      },
    },
  ],
};

export const guardduty: ServiceCalls = {
  eventSource: 'guardduty.amazonaws.com',
  types: [
    {
      type: 'AWS::GuardDuty::Detector',
      named: ['detectorId', 'resourceArn'],
      arn: /^detector\/([^/]+)$/,
      onlyListed: true,
      creates: 'CreateDetector',
      deletes: 'DeleteDetector',
      calls: {
        UpdateDetector: { parameters: { detectorId: [], features: ['configuration'] } },
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};
