import type { Template } from '../../local/template';

type Resources = Template['Resources'];

/** Resources of an HTTP API whose routes all lead to one function, which lets the API call it. */
export function httpApi(functionId: string, routes: Record<string, 'AWS_IAM' | 'NONE'>): Resources {
  const ApiId = { Ref: 'Api' };
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'approvals', ProtocolType: 'HTTP' } },
    ApiStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId, StageName: '$default', AutoDeploy: true },
    },
    ApiIntegration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    ...Object.fromEntries(
      Object.entries(routes).map(([RouteKey, AuthorizationType], index) => [
        `ApiRoute${index}`,
        {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ApiId,
            RouteKey,
            AuthorizationType,
            Target: { 'Fn::Sub': 'integrations/${ApiIntegration}' },
          },
        },
      ]),
    ),
    ApiPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*',
        },
      },
    },
  };
}

/** A function's role, and the function. */
export function lambda(
  id: string,
  FunctionName: string,
  statements: object[],
  functionId = `${id}Function`,
): Resources {
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'calls',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  Resource: '*',
                },
                ...statements,
              ],
            },
          },
        ],
      },
    },
    [functionId]: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName, Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] } },
    },
  };
}
