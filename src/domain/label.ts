/** Put behind the label that starts runs, it asks that the plan is approved before work begins: `fleet:plan-first`. */
export const planFirstEnd = ':plan-first';
