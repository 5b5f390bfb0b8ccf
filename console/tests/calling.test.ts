// What a notification asks of the page goes by its address, where the page was not open.
import { expect, test } from 'vitest';
import { calledFor } from '../src/model/calling';

test('what was pressed is read from the address, and nothing where nothing was', () => {
  expect(calledFor('?about=assigned&of=260304-0031&acknowledge=1')).toEqual({ about: 'assigned', of: '260304-0031', acknowledge: true });
  expect(calledFor('?about=message&of=7&acknowledge=0')).toEqual({ about: 'message', of: '7', acknowledge: false });
  expect(calledFor('?of=7&acknowledge=1')).toBeNull();
  expect(calledFor('')).toBeNull();
});
