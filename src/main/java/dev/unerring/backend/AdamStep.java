package dev.unerring.backend;

/**
 * Constants of one Adam step (Kingma and Ba, arXiv 1412.6980, with PyTorch's coupled L2), computed
 * in binary64 and rounded once to binary32.
 *
 * @param beta1 decay of the first moment
 * @param oneMinusBeta1 1 - beta1
 * @param beta2 decay of the second moment
 * @param oneMinusBeta2 1 - beta2
 * @param rate learningRate / (1 - beta1^t)
 * @param correction 1 / sqrt(1 - beta2^t)
 * @param epsilon added to the corrected root of the second moment
 * @param weightDecay coupled L2 factor
 */
public record AdamStep(
    float beta1,
    float oneMinusBeta1,
    float beta2,
    float oneMinusBeta2,
    float rate,
    float correction,
    float epsilon,
    float weightDecay) {

  /**
   * The constants at a step whose powers of beta are given.
   *
   * @param beta1Power beta1^t, a repeated binary64 product
   * @param beta2Power beta2^t, a repeated binary64 product
   */
  public static AdamStep at(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double beta1Power,
      double beta2Power) {
    return new AdamStep(
        (float) beta1,
        (float) (1.0 - beta1),
        (float) beta2,
        (float) (1.0 - beta2),
        (float) (learningRate / (1.0 - beta1Power)),
        (float) (1.0 / Math.sqrt(1.0 - beta2Power)),
        (float) epsilon,
        (float) weightDecay);
  }
}
