import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { closeFrontServers, type FrontServer, signedHeaders, startFrontServer } from './front-server.ts';

const Bucket = 'fleet-patcher-local';
let front: FrontServer;
let s3: S3Client;

beforeEach(async () => {
  front = await startFrontServer();
  s3 = new S3Client(front.client);
  await s3.send(new CreateBucketCommand({ Bucket }));
});

afterEach(closeFrontServers);

function put(Key: string, Body = Key) {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

describe('objects', () => {
  test('come back with body, type, metadata and the MD5 as entity tag', async () => {
    const Body = 'node,outcome\ni-0123456789abcdef0,Patched\n';
    const Key = 'runs/2026 11/übersicht+100%.csv';

    const written = await s3.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/csv', Metadata: { run: 'r-1' } }),
    );
    const read = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    const content = await read.Body?.transformToString();

    expect(content).toBe(Body);
    expect(read.ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`);
    expect(written.ETag).toBe(read.ETag);
    expect(read).toMatchObject({ ContentType: 'text/csv', Metadata: { run: 'r-1' }, ContentLength: 41 });
    expect(read.ChecksumCRC32).toBe(written.ChecksumCRC32);
    expect(read.LastModified).toEqual(new Date('2026-11-22T02:00:00Z'));
    expect(front.s3.keys(Bucket)).toEqual([Key]);
    expect(front.s3.object(Bucket, Key).toString()).toBe(Body);
  });

  test('sent as a stream, in chunks with a trailing checksum, are decoded', async () => {
    const parts = ['a'.repeat(70_000), 'b'.repeat(70_000)];

    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'log', Body: Readable.from(parts), ContentLength: 140_000 }),
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'log' }));

    expect(front.s3.object(Bucket, 'log').toString()).toBe(parts.join(''));
    expect(head).toMatchObject({ ContentLength: 140_000 });
    expect(head.ContentEncoding).toBeUndefined();
  });

  test.each([
    ['fits', 'tGu+ww==', 200],
    ['does not fit', 'AAAAAA==', 400],
  ])('whose trailing checksum %s are answered with it or with BadDigest', async (_what, crc32, status) => {
    const chunked = {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    };
    const body = `5\r\nnode,\r\n7;chunk-signature=0\r\noutcome\r\n0\r\nx-amz-checksum-crc32:${crc32}\r\n\r\n`;

    const headers = { ...signedHeaders('s3'), ...chunked };
    const answer = await fetch(`${front.url}/${Bucket}/key`, { method: 'PUT', headers, body });

    expect([answer.status, front.s3.keys(Bucket)]).toEqual([status, status === 200 ? ['key'] : []]);
    if (status === 200) expect(front.s3.object(Bucket, 'key').toString()).toBe('node,outcome');
  });

  test.each(['zz\r\nbody', '9\r\nshort\r\n', ''])(
    'in broken chunks (%j) are refused as IncompleteBody',
    async (body) => {
      const headers = { ...signedHeaders('s3'), 'content-encoding': 'aws-chunked' };

      const answer = await fetch(`${front.url}/${Bucket}/key`, { method: 'PUT', headers, body });

      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('IncompleteBody')]);
    },
  );

  test('are refused when the checksum does not fit', async () => {
    const headers = { ...signedHeaders('s3'), 'x-amz-checksum-crc32': 'AAAAAA==' };

    const answer = await fetch(`${front.url}/${Bucket}/key`, { method: 'PUT', headers, body: 'body' });

    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('<Code>BadDigest</Code>'),
    ]);
    expect(front.s3.keys(Bucket)).toEqual([]);
  });

  test('are written once under If-None-Match, and replaced only by whom knows the tag under If-Match', async () => {
    const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'lock', Body: '1', IfNoneMatch: '*' }));
    const again = s3.send(new PutObjectCommand({ Bucket, Key: 'lock', Body: '2', IfNoneMatch: '*' }));
    await expect(again).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });

    await s3.send(new PutObjectCommand({ Bucket, Key: 'lock', Body: '3', IfMatch: first.ETag }));
    const outdated = s3.send(new PutObjectCommand({ Bucket, Key: 'lock', Body: '4', IfMatch: first.ETag }));
    await expect(outdated).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const missing = s3.send(new PutObjectCommand({ Bucket, Key: 'none', Body: '5', IfMatch: first.ETag }));

    await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(front.s3.object(Bucket, 'lock').toString()).toBe('3');
  });

  test('have keys of at most 1,024 bytes of UTF-8', async () => {
    const act = put('ü'.repeat(513));

    await expect(put('ü'.repeat(512))).resolves.toBeDefined();
    await expect(act).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  test('that are missing are NoSuchKey or, without a body, NotFound; deleting them succeeds', async () => {
    const whole = s3.send(new GetObjectCommand({ Bucket, Key: 'none' }));
    const head = s3.send(new HeadObjectCommand({ Bucket, Key: 'none' }));

    await expect(whole).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'none' }))).resolves.toBeDefined();
  });

  test('with a broken escape in their path are refused as InvalidURI', async () => {
    const answer = await fetch(`${front.url}/${Bucket}/100%`, { headers: signedHeaders('s3') });

    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidURI</Code>'),
    ]);
  });

  test('are copied by nobody: CopyObject is refused as not implemented', async () => {
    const act = s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));

    await expect(act).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
  });
});

describe('buckets', () => {
  test('that are missing or of another account are refused', async () => {
    front.s3.createBucket('spoke-bucket', { accountId: '444455556666', region: 'us-east-1', now: 0 });

    const missing = s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'key' }));
    const foreign = s3.send(new PutObjectCommand({ Bucket: 'spoke-bucket', Key: 'key' }));
    const taken = s3.send(new CreateBucketCommand({ Bucket: 'spoke-bucket' }));

    await expect(missing).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(foreign).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(taken).rejects.toMatchObject({ name: 'BucketAlreadyExists' });
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).resolves.toMatchObject({
      BucketRegion: 'us-east-1',
    });
  });

  test('answer host style as well', async () => {
    await put('folder/key', 'body');
    const host = `${Bucket}.localhost:${new URL(front.url).port}`;

    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${front.url}/folder/key`, { headers: { ...signedHeaders('s3'), host } }, resolve).on(
        'error',
        reject,
      );
    });

    expect([answer.statusCode, await text(answer)]).toEqual([200, 'body']);
  });

  test('list in binary order, page by page', async () => {
    for (const key of ['b', 'a', 'é', 'B', 'a/2', 'a/1']) await put(key);

    const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 4 }));
    const second = await s3.send(
      new ListObjectsV2Command({ Bucket, MaxKeys: 4, ContinuationToken: first.NextContinuationToken }),
    );

    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['B', 'a', 'a/1', 'a/2']);
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 4, MaxKeys: 4 });
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['b', 'é']);
    expect(second).toMatchObject({ IsTruncated: false, KeyCount: 2 });
    expect(second.NextContinuationToken).toBeUndefined();
  });

  test('list by prefix, delimiter and start', async () => {
    for (const key of ['runs/1/a', 'runs/1/b', 'runs/2/a', 'runs/index', 'other']) await put(key);

    const folders = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'runs/', Delimiter: '/' }));
    const after = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'runs/1/b' }));
    const none = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'none' }));
    const broken = s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '???' }));

    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'runs/1/' }, { Prefix: 'runs/2/' }]);
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['runs/index']);
    expect(folders.KeyCount).toBe(3);
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['runs/2/a', 'runs/index']);
    expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false });
    await expect(broken).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});
