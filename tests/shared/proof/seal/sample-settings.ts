import type { Selectors, TrailSettings } from '../../../../shared/proof/seal/trail-settings';

/** A trail of all Regions that logs everything. */
export const settings = (parts: Partial<TrailSettings> = {}): TrailSettings => ({
  isLogging: true,
  startedAt: '2026-01-01T00:00:00Z',
  validationEnabled: true,
  isMultiRegion: true,
  homeRegion: 'eu-west-1',
  isOrganization: false,
  includesGlobalServices: true,
  bucket: 'logs',
  selectors: basic(),
  observedFrom: '2026-01-01T00:00:00Z',
  observedTo: '2026-02-28T00:00:00Z',
  ...parts,
});

export const basic = (
  parts: {
    readWriteType?: string;
    includeManagementEvents?: boolean;
    excludeManagementEventSources?: string[];
  } = {},
): Selectors => ({
  kind: 'basic',
  selectors: [
    { readWriteType: 'All', includeManagementEvents: true, excludeManagementEventSources: [], ...parts },
  ],
});
