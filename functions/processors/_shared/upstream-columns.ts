/** Columns that say which of the input rows of a feature are there and ready. */
import type { Column } from '../../../shared/domain/table.ts';

export const zoneReadyColumns = {
  upstream_player_shot_ready: {
    type: 'BOOL',
    description: 'His row of player_shot_zone_analysis is there and ready.',
  },
  upstream_team_defense_ready: {
    type: 'BOOL',
    description: "The opponent's row of team_defense_zone_analysis is there and ready.",
  },
} satisfies Readonly<Record<string, Column>>;

export const allUpstreamsReadyColumn: Column = { type: 'BOOL', description: 'All four.' };

export const readyWithUpstreamsColumn: Column = {
  type: 'BOOL',
  description: 'At least 90 % complete, and all_upstreams_ready.',
};
