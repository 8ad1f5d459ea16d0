import cloudtrailEnableValidation from './cloudtrail/cloudtrail-enable-validation';
import cloudtrailStartLogging from './cloudtrail/cloudtrail-start-logging';
import configStartRecorder from './config/config-start-recorder';
import ec2DeleteSecurityGroup from './ec2/ec2-delete-security-group';
import ec2EnableDetailedMonitoring from './ec2/ec2-enable-detailed-monitoring';
import ec2IsolateInstance from './ec2/ec2-isolate-instance';
import ec2RequireImdsv2 from './ec2/ec2-require-imdsv2';
import ec2StopInstance from './ec2/ec2-stop-instance';
import sgEmptyDefault from './ec2/sg-empty-default';
import sgRevokeWorldRule from './ec2/sg-revoke-world-rule';
import vpcCreateFlowLog from './ec2/vpc-create-flow-log';
import vpcRecreateFlowLog from './ec2/vpc-recreate-flow-log';
import iamDeactivateAccessKey from './iam/iam-deactivate-access-key';
import kmsCancelDeletion from './kms/kms-cancel-deletion';
import lambdaRunFunction from './lambda/lambda-run-function';
import rdsDisablePublicAccess from './rds/rds-disable-public-access';
import type { AnyRemediation } from './remediation';
import s3AddSslOnlyStatement from './s3/s3-add-ssl-only-statement';
import s3EnableAccountBlockPublicAccess from './s3/s3-enable-account-block-public-access';
import s3EnableBlockPublicAccess from './s3/s3-enable-block-public-access';
import s3SetDefaultEncryption from './s3/s3-set-default-encryption';
import ssmStartAutomation from './ssm/ssm-start-automation';

/** Every remediation, by id. A test holds this list to the files. */
export const remediations: readonly AnyRemediation[] = [
  cloudtrailEnableValidation,
  cloudtrailStartLogging,
  configStartRecorder,
  ec2DeleteSecurityGroup,
  ec2EnableDetailedMonitoring,
  ec2IsolateInstance,
  ec2RequireImdsv2,
  ec2StopInstance,
  iamDeactivateAccessKey,
  kmsCancelDeletion,
  lambdaRunFunction,
  rdsDisablePublicAccess,
  s3AddSslOnlyStatement,
  s3EnableAccountBlockPublicAccess,
  s3EnableBlockPublicAccess,
  s3SetDefaultEncryption,
  sgEmptyDefault,
  sgRevokeWorldRule,
  ssmStartAutomation,
  vpcCreateFlowLog,
  vpcRecreateFlowLog,
];

/** The remediation that fixes a control, by the control's id. */
export const remediationByControl: ReadonlyMap<string, AnyRemediation> = new Map(
  remediations.flatMap((remediation) =>
    remediation.fixes.map((control): [string, AnyRemediation] => [control, remediation]),
  ),
);
