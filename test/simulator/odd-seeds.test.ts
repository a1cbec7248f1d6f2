import { describe } from 'vitest';
import { simulateShare } from './many-seeds.ts';

describe('the pipeline under faults, odd seeds', () => simulateShare(1, 2));
