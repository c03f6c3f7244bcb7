import { parseHeaderList } from './header-list';

describe('parseHeaderList', () => {
  it.each<[string, string[] | null]>([
    ['a', ['a']],
    ['a, b ,\tc', ['a', 'b', 'c']],
    ['my prov^model x, #tag', ['my prov^model x', '#tag']],
    ['"a,b", c', ['a,b', 'c']],
    ['"a\\"b\\\\" , c', ['a"b\\', 'c']],
    ['""', ['']],
    ['a,', null],
    [',a', null],
    ['a,,b', null],
    ['', null],
    ['"a', null],
    ['"a\\', null],
    ['"a\\"', null],
    ['"a" b', null],
    ['a"b"', null],
  ])('reads %j as %j', (text, items) => expect(parseHeaderList(text)).toEqual(items));
});
