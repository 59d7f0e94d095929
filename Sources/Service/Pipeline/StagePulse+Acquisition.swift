import Acquisition
import Streaming

extension StagePulse: AcquisitionPulse {}
