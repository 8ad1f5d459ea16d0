import type { Activity } from '../../contracts/trailseal/finding';
import { asReported } from './as-reported';

/** Who made a call, from where and how, in a line. Names, sessions and user agents are what people chose. */
export function whoText({ actor, eventName, eventSource, eventTime, eventID, errorCode }: Activity): string {
  const parts = [
    `${asReported(actor.principal, 200)} (${asReported(actor.type, 40)})`,
    ...(actor.issuer === undefined ? [] : [`role ${asReported(actor.issuer, 200)}`]),
    ...(actor.onBehalfOf === undefined ? [] : [`for ${asReported(actor.onBehalfOf, 100)}`]),
    ...(actor.invokedBy === undefined ? [] : [`through ${asReported(actor.invokedBy, 100)}`]),
    ...(actor.mfa === undefined ? [] : [actor.mfa ? 'with MFA' : 'without MFA']),
    ...(actor.sourceIp === undefined ? [] : [`from ${asReported(actor.sourceIp, 100)}`]),
    ...(actor.console ? ['in the console'] : []),
    ...(actor.userAgent === undefined ? [] : [`user agent "${asReported(actor.userAgent, 120)}"`]),
    ...(actor.accessKeyId === undefined ? [] : [`access key ${asReported(actor.accessKeyId, 40)}`]),
  ];
  const call = `${asReported(eventName, 100)} of ${asReported(eventSource, 100)}`;
  const failed = errorCode === undefined ? '' : `, which failed (${asReported(errorCode, 100)})`;
  return `${parts.join(', ')}: ${call} at ${eventTime.slice(0, 19).replace('T', ' ')} UTC${failed}; event ${asReported(eventID, 60)}.`;
}

/** Who did it, in lines: of candidates each in its own, so that none of them looks like the answer. */
export const actorLines = ({
  says,
  candidates = [],
  omitted = 0,
}: {
  readonly says: string;
  readonly candidates?: readonly Activity[] | undefined;
  readonly omitted?: number | undefined;
}): string[] => [
  says,
  ...candidates.map((call) => `- ${whoText(call)}`),
  ...(omitted > 0 ? [`- and ${omitted} more`] : []),
];
