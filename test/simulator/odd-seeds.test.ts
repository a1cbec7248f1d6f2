import { describe } from 'vitest';
import { simulateShare } from '../support/many-seeds.ts';

describe('the pipeline under faults, odd seeds', () => simulateShare(1, 2));
