CREATE SCHEMA IF NOT EXISTS `nba_analytics`
OPTIONS (location = 'LOCATION', description = 'Phase 3: summaries and contexts of games.', labels = [('app', 'fullcourt')]);
