import { describe, expect, it } from 'vitest'
import {
  readBedrockError,
  readBedrockException,
  readBedrockFailure,
} from '../../../../src/convert/errors/bedrock-error.ts'

const json = { status: 400, contentType: 'application/json', errorType: null }

describe('an answer', () => {
  it.each([
    ['ValidationException', 'ValidationException'],
    ['ValidationException:http://internal.amazon.com/x#y', 'ValidationException'],
    ['com.amazon.bedrock#ThrottlingException', 'ThrottlingException'],
  ])('is named by its header %s', (errorType, type) => {
    expect(readBedrockError('{"message":"m"}', { ...json, errorType }).type).toBe(type)
  })

  it('is named by its body where there is no header', () => {
    expect(readBedrockError('{"__type":"a.b#C","message":"m"}', json).type).toBe('C')
    expect(readBedrockError('{"code":"D","Message":"m"}', json)).toEqual({
      type: 'D',
      status: 400,
      message: 'm',
    })
    expect(readBedrockError('{"message":"m"}', json).type).toBe('AWSBedrockBackendError')
  })

  it('keeps a body that has no message', () => {
    expect(readBedrockError('{"detail":"why"}', json).message).toBe('{"detail":"why"}')
  })

  it.each(['[1]', '"text"', 'null', '{"a":', ''])('takes %j for text', (body) => {
    expect(readBedrockError(body, { ...json, errorType: 'X' })).toEqual({
      type: 'AWSBedrockBackendError',
      status: 400,
      message: body,
    })
  })
})

describe('a frame', () => {
  const read = (exception: string, data: string) =>
    readBedrockException({
      event: undefined,
      exception,
      data,
      json: () => {
        try {
          return JSON.parse(data)
        } catch {
          return undefined
        }
      },
    })

  it.each([
    ['throttlingException', 429, 'ThrottlingException'],
    ['validationException', 400, 'ValidationException'],
    ['modelStreamErrorException', 424, 'ModelStreamErrorException'],
    ['modelTimeoutException', 408, 'ModelTimeoutException'],
    ['serviceUnavailableException', 503, 'ServiceUnavailableException'],
    ['internalServerException', 500, 'InternalServerException'],
    ['brandNewException', 500, 'BrandNewException'],
    ['', 500, 'AWSBedrockBackendError'],
  ])('%s is %i %s', (exception, status, type) => {
    expect(read(exception, '{"message":"m"}')).toEqual({ status, type, message: 'm' })
  })

  it('takes the original status of a model’s error, if it is one', () => {
    const status = (original: unknown) =>
      read('modelStreamErrorException', JSON.stringify({ originalStatusCode: original })).status
    expect([529, 400, 200, 99999, '500', null].map(status)).toEqual([529, 400, 424, 424, 424, 424])
    expect(read('throttlingException', '{"originalStatusCode":500}').status).toBe(429)
  })

  it('says something whatever the payload', () => {
    expect(read('aException', '').message).toBe('AWS Bedrock reported AException')
    expect(read('aException', 'plain').message).toBe('plain')
    expect(read('aException', '{"message":5}').message).toBe('AWS Bedrock reported AException')
  })
})

it('gives an error in disguise its own status', () => {
  expect(readBedrockFailure('{"__type":"ServiceUnavailableException","message":"m"}')).toEqual({
    type: 'ServiceUnavailableException',
    status: 503,
    message: 'm',
  })
  expect(readBedrockFailure('<html>').status).toBe(502)
})
