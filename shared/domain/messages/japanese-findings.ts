import type { FindingsWords } from './findings-words.ts';

const failedOn = (nodes: number) =>
  `${nodes} 台でパッチ適用が失敗しています。再び失敗する恐れがあるため、先に原因を調べてください。適用時の出力はログ用バケットにあります。`;
const startBefore = (due: string) =>
  `${due} までの、サーバーに触れてよい時間帯に、ポリシーを手動で実行してください。`;
const startNow =
  '適用期限を過ぎています。サーバーに触れてよい時間帯に、できるだけ早くポリシーを手動で実行してください。';

export const japaneseFindings: FindingsWords = {
  headline: ({ policy, nodes }) =>
    policy === null
      ? `どのポリシーにも属さないサーバー ${nodes} 台で、未適用のパッチが見つかりました。`
      : `ポリシー ${policy} のサーバー ${nodes} 台で、未適用のパッチが見つかりました。`,
  changes: ({ fresh, worse, findings }) =>
    `新規 ${fresh} 台、前回の通知より悪化 ${worse} 台 (Security Hub の検出結果 ${findings} 件)。`,
  verdict: {
    inTime: '今は対応不要です。次回のメンテナンスウィンドウは適用期限に間に合います。',
    hasFailed:
      '次回のメンテナンスウィンドウは適用期限に間に合いますが、過去に適用が失敗したサーバーがあります。',
    late: '【要対応】次回のメンテナンスウィンドウは適用期限に間に合いません。',
    noWindow:
      '【要対応】このポリシーにはパッチを適用するメンテナンスウィンドウがなく、手動でしか適用されません。',
    unknownWindow: '【要確認】次回のメンテナンスウィンドウの日時を計算できません。',
    noPolicy: '【要対応】ポリシーに属さないため、このままではパッチが適用されません。',
  },
  shortVerdict: {
    inTime: '今は対応不要です。',
    hasFailed: '過去に適用が失敗したサーバーがあります。',
    late: '次回のウィンドウは期限に間に合いません。',
    noWindow: 'パッチを適用するウィンドウがありません。',
    unknownWindow: '次回のウィンドウの日時が不明です。',
    noPolicy: 'このままでは適用されません。',
  },
  title: (headline, shortVerdict) => `${headline}${shortVerdict}`,
  due: ({ at, timeZone, distance, days }) =>
    `適用期限: ${at} (${timeZone})、${distance} (発見から ${days} 日以内)`,
  severitiesTitle: '重要度別のサーバー台数:',
  worstTitle: (shown, nodes) =>
    shown === nodes ? '対象サーバー (深刻な順):' : `特に深刻な ${shown} 台 (全 ${nodes} 台中):`,
  lacks: ({ missing, failed, pendingReboot }) =>
    [
      missing > 0 ? `未適用 ${missing} 件` : '',
      failed > 0 ? `失敗 ${failed} 件` : '',
      pendingReboot > 0 ? `再起動待ち ${pendingReboot} 件` : '',
    ]
      .filter(Boolean)
      .join('、') || '詳細は Patch Manager を参照',
  change: { new: '新規', worse: '悪化' },
  vulnerabilities: (ids, more) =>
    `Amazon Inspector が検出した脆弱性: ${ids}${more > 0 ? ` ほか ${more} 件` : ''}`,
  nextSteps: {
    inTime: () => ['対応は不要です。期限に間に合わないサーバーが出る場合は、事前に警告します。'],
    hasFailed: ({ failed }) => [failedOn(failed)],
    late: ({ due, isOverdue, failed }) => [
      isOverdue ? startNow : startBefore(due),
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    noWindow: ({ due, isOverdue, failed }) => [
      isOverdue ? startNow : startBefore(due),
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    unknownWindow: ({ due, isOverdue, failed }) => [
      isOverdue
        ? startNow
        : `Systems Manager コンソールで次回のメンテナンスウィンドウを確認し、${due} に間に合わない場合は、それまでに手動で実行してください。`,
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    noPolicy: () => [
      '適用したいポリシーのパッチグループと対象タグを、各サーバーに付けてください。',
      '該当するポリシーがない場合は、fleet.yml に追加してデプロイしてください。',
      '別の方法でパッチを適用しているサーバーは、Security Hub で検出結果を抑制してください。',
    ],
  },
  pagesTitle: 'AWS コンソール:',
  page: {
    worstNode: (place) => `最も深刻なサーバー (${place}):`,
    patchManager: (place) => `Patch Manager (${place}):`,
    securityHub: (place) => `Security Hub の検出結果 (${place}):`,
  },
};
