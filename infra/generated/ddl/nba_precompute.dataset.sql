CREATE SCHEMA IF NOT EXISTS `nba_precompute`
OPTIONS (location = 'LOCATION', description = 'Phase 4: what is known of teams and players before a game.', labels = [('app', 'fullcourt')]);
