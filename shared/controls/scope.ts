import type { ControlSettings, Mode, ResourceScope } from '../contracts/trailseal/compliance-policy';
import { findingRegion } from '../contracts/trailseal/finding-region';
import { matchesAny } from './glob';

/** All that scopes tell resources apart by; a configuration item is one. */
export interface ScopedResource {
  readonly awsAccountId: string;
  /** A Region, or `global`. */
  readonly awsRegion: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string | undefined;
  readonly ARN?: string | undefined;
}

/** Whether a resource is in a scope: in all that the scope gives. */
export function inScope({ accounts, regions, resources }: ResourceScope, resource: ScopedResource): boolean {
  const filedUnder = findingRegion(resource.resourceType, resource.awsRegion);
  const names = [resource.resourceId, resource.resourceName, resource.ARN].filter(
    (name) => name !== undefined,
  );
  return (
    (accounts?.includes(resource.awsAccountId) ?? true) &&
    (regions?.some((region) => region === resource.awsRegion || region === filedUnder) ?? true) &&
    (resources === undefined || names.some((name) => matchesAny(resources, name)))
  );
}

/**
 * The mode of a control for a resource: that of the first scope that the resource is in, or else the control's own.
 * By the region that findings are filed under, so that a finding has the mode that its resource was judged by.
 *
 * @param settings without them a control only tells
 */
export function modeFor(settings: ControlSettings | undefined, resource: ScopedResource): Mode {
  if (settings?.scopes === undefined) return settings?.mode ?? 'notify';
  const filed = { ...resource, awsRegion: findingRegion(resource.resourceType, resource.awsRegion) };
  return settings.scopes.find((scope) => inScope(scope, filed))?.mode ?? settings.mode;
}

/** Whether a control judges nothing at all, wherever: nothing need be brought to it. */
export const isOffEverywhere = (settings: ControlSettings | undefined): boolean =>
  settings?.mode === 'off' && (settings.scopes ?? []).every(({ mode }) => mode === 'off');

/** The modes that call on a remediation. */
export const remediatingModes: readonly Mode[] = ['dry-run', 'approve', 'auto'];

/** Whether a control calls on a remediation, for whichever resources. */
export const remediates = ({ mode, scopes = [] }: ControlSettings): boolean =>
  [mode, ...scopes.map((scope) => scope.mode)].some((chosen) => remediatingModes.includes(chosen));
