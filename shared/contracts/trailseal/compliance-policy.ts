import type { JsonObject } from '../aws/configuration-item';

/**
 * What a deployment does about each control. `notify` tells people; the others also remediate, and can be chosen only
 * for a control that a remediation fixes, or for which code of the team's own is chosen.
 */
export const modes = ['off', 'notify', 'dry-run', 'approve', 'auto'] as const;
export type Mode = (typeof modes)[number];

export interface ControlSettings {
  /** Where no scope says otherwise. */
  readonly mode: Mode;
  /** The mode of the resources in a scope: the first that a resource is in holds. */
  readonly scopes?: readonly ScopedMode[];
  /** What mends it, with settings that are valid for that; none where nothing does. */
  readonly remediation?: RemediationSettings;
  /** Complete and valid for this control's own schema, defaults filled in. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ScopedMode extends ResourceScope {
  readonly mode: Mode;
}

export interface RemediationSettings {
  readonly id: string;
  /** Complete and valid for the schema of this remediation. */
  readonly settings: JsonObject;
  /** So many at most for this control in one account within an hour; left out: what the remediation says itself. */
  readonly cap?: number;
}

/** Keeps remediation away from a resource; without a value any value does. */
export interface ProtectedTag {
  readonly key: string;
  readonly value?: string;
}

/** What holds for every remediation. */
export interface Remediating {
  readonly protectedTags: readonly ProtectedTag[];
  /** Whether those who made a change may approve what is done about it. */
  readonly actorMayApprove: boolean;
}

/** Some resources. All that is given must hold; lists are alternatives. */
export interface ResourceScope {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** Resource ids, names or ARNs; `*` stands for any text. */
  readonly resources?: readonly string[];
}

/** A control that need not hold for some resources: who answers for it, why, and until when. */
export interface Exemption {
  readonly control: string;
  readonly scope: ResourceScope;
  readonly owner: string;
  readonly reason: string;
  /** The first instant at which it no longer holds, ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** A bucket to which CloudTrail delivers. */
export interface TrailBucket {
  readonly name: string;
  /** A 12-digit id; `self` is the account that the stack is deployed to. */
  readonly owner: string;
  /** ARNs of the KMS keys that its files are encrypted with. */
  readonly keys: readonly string[];
}

/** The trails whose files are verified: no bucket, none. */
export interface Trails {
  readonly buckets: readonly TrailBucket[];
  /** ARNs of SNS topics that announce files. */
  readonly topics: readonly string[];
  /** How far back the first verification of a chain goes. */
  readonly lookbackDays: number;
}

/** compliance.yml, checked and completed at package time; it travels in every function's bundle as JSON. */
export interface CompliancePolicy {
  /**
   * SHA-256 (hex) of what judges: all below but `trails` and what remediations are told. Another policy judges the same
   * item anew.
   */
  readonly hash: string;
  readonly coverage: {
    /** 12-digit ids; `self` is the account that the stack is deployed to. */
    readonly accounts: readonly string[];
    /** Region names; `self` is the Region that the stack is deployed to, `all` is every Region. */
    readonly regions: readonly string[];
  };
  /** By control id, one entry for every control that exists. */
  readonly controls: Readonly<Record<string, ControlSettings>>;
  readonly exemptions: readonly Exemption[];
  readonly trails: Trails;
  readonly remediations: Remediating;
}
