import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Lane, treeAt } from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'host-tree-'));
writeFileSync(join(folder, 'b'), 'text\n\n');
writeFileSync(join(folder, 'a'), '');
symlinkSync(join(folder, 'b'), join(folder, 'link'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a tree reads files without the line feed at their end, and lists folders sorted', async () => {
  const tree = treeAt(folder, new Lane());
  expect(tree.read('b')).toBe('text');
  expect(await tree.readSlowly('b')).toBe('text');
  expect(tree.list('.')).toEqual(['a', 'b', 'link']);
  expect(tree.tryRealPath('link')).toBe(tree.tryRealPath('b'));
});

test('what is not there throws or is undefined, as asked', async () => {
  const tree = treeAt(folder, new Lane());
  expect(() => tree.read('none')).toThrow('ENOENT');
  expect(() => tree.list('none')).toThrow('ENOENT');
  expect([tree.tryRead('none'), await tree.readSlowly('none'), tree.tryList('none'), tree.exists('none')]).toEqual([
    undefined,
    undefined,
    [],
    false,
  ]);
});

test('a lane runs one call at a time, and goes on after one that failed', async () => {
  const lane = new Lane();
  const order: string[] = [];
  const first = Promise.withResolvers<string>();
  const one = lane.run(() => first.promise);
  const two = lane.run(() => {
    order.push('two');
    return Promise.resolve('two');
  });
  await Promise.resolve();
  expect(order).toEqual([]);
  first.reject(new Error('broken'));
  await expect(one).rejects.toThrow('broken');
  expect(await two).toBe('two');
});
