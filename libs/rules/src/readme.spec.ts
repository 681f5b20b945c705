import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRuleEngine, validateRules } from '.';

it('has examples in the README that are valid', () => {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```json\n([^]*?)```/g)].map(([, json]) => JSON.parse(json!) as unknown);
  expect(blocks).toHaveLength(1);
  const { rules, problems } = validateRules(blocks[0]);
  expect(problems).toBeUndefined();
  expect(createRuleEngine(rules!).rules).toHaveLength(10);
});
