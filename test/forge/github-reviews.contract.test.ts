import { gitHubReviewsWorld } from './github-reviews-world.js';
import { describeReviews } from './reviews-contract.js';

describeReviews('GitHub', () => gitHubReviewsWorld({ permissions: { actions: 'write' } }));
