"""The parts of AWS that the pipeline talks to, in memory and on virtual time.

moto copies its whole table at each transaction, which makes hundreds of random runs impossible; a
test holds these against moto, call by call.
"""

from support.aws.dynamodb import DynamoDB
from support.aws.messages import Queue, Topic
from support.aws.s3 import S3
from support.aws.stepfunctions import StepFunctions

__all__ = ["S3", "DynamoDB", "Queue", "StepFunctions", "Topic"]
