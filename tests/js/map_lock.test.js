import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ViewLock } from '../../static/js/map/lock.js';

function watched() {
  const lock = new ViewLock();
  const heard = [];
  for (const name of ['locked', 'unlocked']) lock.addEventListener(name, () => heard.push(name));
  return { lock, heard };
}

test('an alert moves the map while no hand holds it', () => {
  const { lock } = watched();
  assert.equal(lock.aim('I-1'), true);
});

test('a gesture locks once, and says so once', () => {
  const { lock, heard } = watched();
  lock.gesture();
  lock.gesture();
  assert.equal(lock.locked, true);
  assert.deepEqual(heard, ['locked']);
});

test('while locked a new alert does not move the map, and letting go returns to it', () => {
  const { lock, heard } = watched();
  lock.aim('I-1');
  lock.gesture();
  assert.equal(lock.aim('I-2'), false);
  assert.equal(lock.release(), 'I-2');
  assert.equal(lock.locked, false);
  assert.deepEqual(heard, ['locked', 'unlocked']);
});

test('letting go with nothing to look at goes nowhere', () => {
  const { lock } = watched();
  lock.aim('I-1');
  lock.gesture();
  lock.drop();
  assert.equal(lock.release(), null);
});

test('letting go of what is not held still says where the alert is', () => {
  const { lock, heard } = watched();
  lock.aim('I-1');
  assert.equal(lock.release(), 'I-1');
  assert.deepEqual(heard, []);
});
