import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotYet } from '../../static/js/map/not_yet.js';

test('the map is told, once, the last of what was said before it was there', () => {
  const notYet = new NotYet();
  notYet.setIncidents(['one']);
  notYet.focus({ incident_id: 1 }, []);
  notYet.setIncidents(['one', 'two']);
  notYet.clearFocus();
  notYet.zoomBy(1);
  const told = [];
  const map = new Proxy({}, { get: (_, name) => (...about) => told.push([name, ...about]) });
  notYet.handTo(map);
  assert.deepEqual(told, [['focus', { incident_id: 1 }, []], ['setIncidents', ['one', 'two']], ['clearFocus']]);
});
