import {
  managedNodePage,
  patchFindingsPage,
  patchManagerPage,
} from '../../../shared/domain/console-links.ts';

describe('pages of the console', () => {
  test.each([
    ['ap-northeast-1', 'https://ap-northeast-1.console.aws.amazon.com/'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('in %s are of its partition and its Region', (region, host) => {
    for (const url of [
      managedNodePage(region, 'mi-0123456789abcdef0'),
      patchManagerPage(region),
      patchFindingsPage(region),
    ]) {
      expect(url?.startsWith(host)).toBe(true);
      expect(new URL(url ?? '').searchParams.get('region')).toBe(region);
    }
  });

  test('show the node, and the findings of Patch Manager alone', () => {
    expect(managedNodePage('us-east-1', 'i-0123456789abcdef0')).toContain(
      '/systems-manager/fleet-manager/managed-nodes/i-0123456789abcdef0/general?',
    );
    const { hash } = new URL(patchFindingsPage('us-east-1') ?? '');
    expect(decodeURIComponent(decodeURIComponent(hash))).toBe(
      '#/findings?search=ProductName=\\operator\\:EQUALS\\:Systems Manager Patch Manager',
    );
  });

  test.each(['evil.example.com/#', 'us-east-1.evil.example', '', 'us-east-1@evil', 'us-east-1\n'])(
    'lead nowhere for %j, which is no Region',
    (region) => {
      expect(managedNodePage(region, 'i-0123456789abcdef0')).toBeUndefined();
      expect(patchManagerPage(region)).toBeUndefined();
      expect(patchFindingsPage(region)).toBeUndefined();
    },
  );

  test('keep an odd node id within its place of the path', () => {
    const url = new URL(managedNodePage('us-east-1', '../../x?y=1#z') ?? '');

    expect(url.hash).toBe('');
    expect(url.pathname).toContain('/managed-nodes/..%2F..%2Fx%3Fy%3D1%23z/general');
  });
});
