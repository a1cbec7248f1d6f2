CREATE SCHEMA IF NOT EXISTS `nba_predictions`
OPTIONS (location = 'LOCATION', description = 'Phase 4 features and phase 5 predictions.', labels = [('app', 'fullcourt')]);
