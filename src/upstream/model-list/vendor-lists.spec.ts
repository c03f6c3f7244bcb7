import { VENDOR_LISTS } from '../../../test/support/upstreams/vendor-lists';
import { findEntries } from './find-entries';
import { UpstreamModelList } from './upstream-model-list';

describe('the list of a vendor', () => {
  it.each(VENDOR_LISTS)('has the names that calls to $vendor take, in its order', async ({ list, ids }) => {
    const models = new UpstreamModelList(['sk-0123456789abcdef']);
    await models.add(findEntries(list)!, new URL('http://127.0.0.1/v1/models'));
    expect(models.toResult(false, null, 200)).toMatchObject({ unreadable: 0, truncated: false });
    expect(models.toResult(false, null, 200).models.map(({ id }) => id)).toEqual(ids);
  });
});
