/** Closed lists of webhooks, with their Chinese names. */
export const endpointStateNames = { active: '启用', disabled: '停用' } as const
export type EndpointState = keyof typeof endpointStateNames
export const endpointStates = Object.keys(endpointStateNames) as EndpointState[]

/** Why nothing is sent to an endpoint. */
export const disabledReasonNames = {
  by_admin: '管理员停用',
  gone: '接收方返回 410',
  failing: '连续失败',
} as const
export type DisabledReason = keyof typeof disabledReasonNames
export const disabledReasons = Object.keys(disabledReasonNames) as DisabledReason[]

export const signatureKinds = ['hmac', 'ed25519'] as const
export type SignatureKind = (typeof signatureKinds)[number]

export const deliveryStateNames = {
  pending: '待投递',
  delivered: '已送达',
  failed: '已放弃',
  skipped: '已跳过',
} as const
export type DeliveryState = keyof typeof deliveryStateNames
export const deliveryStates = Object.keys(deliveryStateNames) as DeliveryState[]

/** Why an attempt failed. */
export const attemptErrorNames = {
  status: '响应状态不是 2xx',
  redirect: '响应为重定向',
  timeout: '超时',
  connection: '无法连接或连接中断',
  tls: '证书或 TLS 错误',
  dns: '无法解析主机名',
  address_forbidden: '地址不允许访问',
  event_gone: '事件已超过保存期',
} as const
export type AttemptError = keyof typeof attemptErrorNames
export const attemptErrors = Object.keys(attemptErrorNames) as AttemptError[]
