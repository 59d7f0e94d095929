import Chemometrics
import Testing
